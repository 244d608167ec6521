// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups: open control files.
 *
 * An open file holds a reference to its css.  Reads and writes go to the same object, even
 * after the subsystem has been bound elsewhere, until the file is removed (ENODEV).
 */
#include <linux/export.h>
#include <linux/poll.h>
#include "call.h"
#include "css.h"
#include "file.h"
#include "rules.h"
#include "subsys.h"

/**
 * of_css - the css of an open control file
 * @of: the open file
 *
 * Context: in a file operation.
 * Return: the css; cgroup::self of the cgroup for files of the core.
 */
struct cgroup_subsys_state *of_css(struct kernfs_open_file *of)
{
	struct cgroup_file_ctx *ctx = of->priv;

	return ctx->css;
}
EXPORT_SYMBOL_GPL(of_css);

/**
 * of_peak - what memory.peak keeps in an open file
 * @of: the open file
 *
 * Context: an operation on the file.
 * Return: this state; it exists as long as the file is open.
 */
struct cgroup_of_peak *of_peak(struct kernfs_open_file *of)
{
	struct cgroup_file_ctx *ctx = of->priv;

	return &ctx->peak;
}

/* Get the css of a file of @cft in @cgrp, referenced; NULL if the css is gone by now. */
static struct cgroup_subsys_state *cgroup_file_get_css(struct cgroup *cgrp, struct cftype *cft)
{
	struct cgroup_subsys_state *css;

	guard(rcu)();
	css = cft_is_of_cgroup(cft) ? &cgrp->self : cgroup_css(cgrp, cft->ss->id);
	return css && css_tryget(css) ? css : NULL;
}

static void cgroup_file_free_ctx(struct cgroup_file_ctx *ctx)
{
	put_cgroup_ns(ctx->ns);
	css_put(ctx->css);
	kfree(ctx);
}

static int cgroup_file_open(struct kernfs_open_file *of)
{
	struct cgroup_file_ctx *ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
	struct cftype *cft = of_cft(of);
	int ret;

	if (!ctx)
		return -ENOMEM;
	ctx->css = cgroup_file_get_css(of->kn->parent->priv, cft);
	if (!ctx->css) {
		kfree(ctx);
		return -ENODEV;
	}
	ctx->ns = current->nsproxy->cgroup_ns;
	get_cgroup_ns(ctx->ns);

	of->priv = ctx;
	ret = cft->open ? cft->open(of) : 0;
	if (ret)
		cgroup_file_free_ctx(ctx);
	return ret;
}

static void cgroup_file_release(struct kernfs_open_file *of)
{
	struct cftype *cft = of_cft(of);

	if (cft->release)
		cft->release(of);
	cgroup_file_free_ctx(of->priv);
}

/**
 * struct file_write_call - a write on its way to the operation of a file
 * @of: the open file
 * @buf: what is written
 * @nbytes: its length
 * @off: the position
 * @task: the task that calls the operation: the writer, or a worker
 * @node: in file_write_calls
 * @after: called by the writer after the operation, or NULL; see cgroup_call_defer()
 * @after_arg: its argument
 */
struct file_write_call {
	struct kernfs_open_file *of;
	char *buf;
	size_t nbytes;
	loff_t off;
	struct task_struct *task;
	struct list_head node;
	void (*after)(u64 arg);
	u64 after_arg;
};

/* Operations under way that may defer a wait.  They are few: only workers and root do them. */
static LIST_HEAD(file_write_calls);
static DEFINE_SPINLOCK(file_write_calls_lock);

/**
 * cgroup_call_defer - defer a wait until the write operation of a file has returned
 * @fn: the function that waits; the writer calls it without locks
 * @arg: its argument
 *
 * A write operation should not wait: a removal of the file waits for the operation, and others
 * need the worker that does it.  A removal does not wait for @fn, so the css may be gone when
 * @fn is called.
 *
 * Context: process; takes a plain spinlock; at most once in a write operation.
 * Return: false if the current task is not in a write operation of a subsystem with
 * cgroup_rules::write_by_worker, and so has to wait itself.
 */
bool cgroup_call_defer(void (*fn)(u64 arg), u64 arg)
{
	struct file_write_call *call;

	guard(spinlock)(&file_write_calls_lock);
	list_for_each_entry(call, &file_write_calls, node) {
		if (call->task != current)
			continue;
		call->after = fn;
		call->after_arg = arg;
		return true;
	}
	return false;
}

static int file_write_call(void *arg)
{
	struct file_write_call *call = arg;
	struct kernfs_open_file *of = call->of;
	struct cftype *cft = of_cft(of);
	int ret = -EINVAL;

	if (cft->write)
		return cft->write(of, call->buf, call->nbytes, call->off);

	if (cft->write_u64) {
		unsigned long long val;

		ret = kstrtoull(call->buf, 0, &val) ?: cft->write_u64(of_css(of), cft, val);
	} else if (cft->write_s64) {
		long long val;

		ret = kstrtoll(call->buf, 0, &val) ?: cft->write_s64(of_css(of), cft, val);
	}
	return ret ?: call->nbytes;
}

/* Called by the writer or by a worker. */
static int file_write_call_listed(void *arg)
{
	struct file_write_call *call = arg;
	int ret;

	call->task = current;
	scoped_guard(spinlock, &file_write_calls_lock)
		list_add(&call->node, &file_write_calls);
	ret = file_write_call(call);
	scoped_guard(spinlock, &file_write_calls_lock)
		list_del(&call->node);
	return ret;
}

/* Write to a file whose operation takes shared locks, and may defer a wait. */
static int file_write_shared(struct file_write_call *call)
{
	struct kernfs_node *kn = call->of->kn;
	int ret = cgroup_call_write(file_write_call_listed, call);

	if (!call->after)
		return ret;
	/* the file may be removed meanwhile: the open file keeps @kn, but not the css */
	kernfs_break_active_protection(kn);
	call->after(call->after_arg);
	kernfs_unbreak_active_protection(kn);
	return ret;
}

static ssize_t cgroup_file_write(struct kernfs_open_file *of, char *buf, size_t nbytes,
				 loff_t off)
{
	struct file_write_call call = { .of = of, .buf = buf, .nbytes = nbytes, .off = off };
	struct cgroup_subsys *ss = of_cft(of)->ss;

	if (!nbytes)
		return 0;
	if (ss && !cft_is_of_cgroup(of_cft(of)) && cgroup_rules[ss->id].write_by_worker)
		return file_write_shared(&call);
	return file_write_call(&call);
}

static __poll_t cgroup_file_poll(struct kernfs_open_file *of, struct poll_table_struct *pt)
{
	struct cftype *cft = of_cft(of);

	return cft->poll ? cft->poll(of, pt) : kernfs_generic_poll(of, pt);
}

static void *cgroup_seq_start(struct seq_file *seq, loff_t *ppos)
{
	return seq_cft(seq)->seq_start(seq, ppos);
}

static void *cgroup_seq_next(struct seq_file *seq, void *v, loff_t *ppos)
{
	return seq_cft(seq)->seq_next(seq, v, ppos);
}

static void cgroup_seq_stop(struct seq_file *seq, void *v)
{
	if (seq_cft(seq)->seq_stop)
		seq_cft(seq)->seq_stop(seq, v);
}

static int cgroup_seq_show(struct seq_file *m, void *v)
{
	struct cftype *cft = seq_cft(m);

	if (cft->seq_show)
		return cft->seq_show(m, v);
	if (cft->read_u64)
		seq_printf(m, "%llu\n", cft->read_u64(seq_css(m), cft));
	else if (cft->read_s64)
		seq_printf(m, "%lld\n", cft->read_s64(seq_css(m), cft));
	else if (cft->read_map)
		cft->read_map(seq_css(m), cft, &(struct cgroup_map){ .seq = m });
	else
		return -EINVAL;
	return 0;
}

#define CGROUP_FILE_OPS				\
	.atomic_write_len = PAGE_SIZE,		\
	.open = cgroup_file_open,		\
	.release = cgroup_file_release,		\
	.write = cgroup_file_write,		\
	.poll = cgroup_file_poll,		\
	.seq_show = cgroup_seq_show

/* Operations of files that show one item. */
struct kernfs_ops cgroup_single_ops = {
	CGROUP_FILE_OPS,
};

/* Operations of files that show a sequence of records. */
struct kernfs_ops cgroup_record_ops = {
	CGROUP_FILE_OPS,
	.seq_start = cgroup_seq_start,
	.seq_next = cgroup_seq_next,
	.seq_stop = cgroup_seq_stop,
};
