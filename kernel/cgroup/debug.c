// SPDX-License-Identifier: GPL-2.0
/*
 * The debug controller: it shows what the core keeps about cgroups, and refuses
 * operations on demand, so that tests can check how each operation is undone.
 *
 * Its files are for engineers and tests of the core.  Their formats may change; the
 * format of a file is described at its function.  Pointers serve only as names: the
 * same pointer is the same object.
 *
 * It is a controller like any other, with a css for each cgroup.  So tests can also
 * use it for changes of a hierarchy in use: it has no rules of its own, and it
 * checks that exactly one attach() or cancel_attach() follows each can_attach().
 * It counts which groups win and lose mms when owners change.
 */
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/oom.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "call.h"
#include "css_set.h"
#include "migrate.h"
#include "owner_change.h"
#include "subsys.h"

/* Show at most this many tasks of each css_set. */
#define DEBUG_TASKS_SHOWN	25

#define DEBUG_FOR_EVER		(-1)

/* Protects struct debug_refusal; a leaf lock. */
static DEFINE_SPINLOCK(debug_lock);

/**
 * struct debug_refusal - the answer to the next callers (debug_lock)
 * @err: errno, positive; 0: agree
 * @times: to how many callers, or DEBUG_FOR_EVER
 */
struct debug_refusal {
	int err;
	int times;
};

/**
 * struct debug_css - a css of this controller
 * @css: its generic part
 * @attach: the answer to can_attach() of tasks that are to move here
 * @online: the answer to css_online() of csses made below
 * @born: the first value of @attach, and of this, in csses made below
 * @nr_attaching: can_attach() calls without attach() or cancel_attach() yet (cgroup_mutex)
 * @nr_mms_won: how often a task of this css became owner after a task of another one
 * @nr_mms_lost: how often it was the other way round, or there was no next owner
 */
struct debug_css {
	struct cgroup_subsys_state css;
	struct debug_refusal attach;
	struct debug_refusal online;
	struct debug_refusal born;
	int nr_attaching;
	atomic_t nr_mms_won;
	atomic_t nr_mms_lost;
};

static struct debug_css *to_debug_css(struct cgroup_subsys_state *css)
{
	return container_of(css, struct debug_css, css);
}

/* Answer one caller: return 0, or a negative errno. */
static int debug_refuse(struct debug_refusal *ref)
{
	int err;

	guard(spinlock)(&debug_lock);
	err = -ref->err;
	if (err && ref->times != DEBUG_FOR_EVER && !--ref->times)
		ref->err = 0;
	return err;
}

/*
 * Callbacks
 */

static struct cgroup_subsys_state *debug_css_alloc(struct cgroup_subsys_state *parent)
{
	struct debug_css *dbg = kzalloc(sizeof(*dbg), GFP_KERNEL);

	if (!dbg)
		return ERR_PTR(-ENOMEM);
	if (parent) {
		guard(spinlock)(&debug_lock);
		dbg->born = to_debug_css(parent)->born;
		dbg->attach = dbg->born;
	}
	return &dbg->css;
}

static void debug_css_free(struct cgroup_subsys_state *css)
{
	kfree(to_debug_css(css));
}

static int debug_css_online(struct cgroup_subsys_state *css)
{
	return css->parent ? debug_refuse(&to_debug_css(css->parent)->online) : 0;
}

static void debug_css_offline(struct cgroup_subsys_state *css)
{
	WARN_ON_ONCE(to_debug_css(css)->nr_attaching);
}

static struct debug_css *debug_attach_dst(struct cgroup_taskset *tset)
{
	struct cgroup_subsys_state *dst;

	lockdep_assert_held(&cgroup_mutex);
	cgroup_taskset_first(tset, &dst);
	return to_debug_css(dst);
}

static int debug_can_attach(struct cgroup_taskset *tset)
{
	struct cgroup_subsys_state *dst, *last = NULL;
	struct task_struct *task;
	int ret;

	cgroup_taskset_for_each(task, dst, tset) {
		if (dst == last)
			continue;
		ret = debug_refuse(&to_debug_css(dst)->attach);
		if (ret)
			return ret;
		last = dst;
	}
	debug_attach_dst(tset)->nr_attaching++;
	return 0;
}

static void debug_attach_done(struct cgroup_taskset *tset)
{
	WARN_ON_ONCE(--debug_attach_dst(tset)->nr_attaching < 0);
}

/*
 * Files about css_sets.  Each shows the state of one moment, under css_set_lock.
 */

/* "css_set PTR refs N tasks N leaders N": leaders are those that exited before other threads. */
static void show_cset(struct seq_file *seq, struct css_set *cset)
{
	lockdep_assert_held(&css_set_lock);
	lockdep_assert_held(&cset->lock);

	seq_printf(seq, "css_set %pK refs %u tasks %d leaders %zu\n", cset,
		   refcount_read(&cset->refcount), cset->nr_tasks,
		   list_count_nodes(&cset->dying_leaders));
}

/*
 * debug.current_css_set (root): the reader's css_set as in show_cset(), then a line
 * for each slot: "NAME css PTR id N hierarchy N level N".
 */
static int debug_current_css_set_show(struct seq_file *seq, void *v)
{
	struct css_set *cset;
	int ssid;

	guard(spinlock_irq)(&css_set_lock);
	cset = task_css_set(current);
	scoped_guard(spinlock, &cset->lock)
		show_cset(seq, cset);

	for (ssid = 0; ssid < CGROUP_SUBSYS_COUNT; ssid++) {
		struct cgroup_subsys_state *css = cset->subsys[ssid];

		guard(rcu)();
		seq_printf(seq, "%s css %pK id %d hierarchy %d level %d\n",
			   cgroup_subsys[ssid]->name, css, css->id,
			   css->cgroup->root->hierarchy_id, css->cgroup->level);
	}
	return 0;
}

/* debug.current_css_set_refcount (root): references of the reader's css_set. */
static u64 debug_current_css_set_refcount_read(struct cgroup_subsys_state *css,
					       struct cftype *cft)
{
	guard(rcu)();
	return refcount_read(&task_css_set(current)->refcount);
}

/*
 * debug.current_css_set_cg_links (root): the cgroups of the reader's css_set, a
 * line for each hierarchy: "hierarchy N PATH", the path from the hierarchy's root.
 */
static int debug_current_cg_links_show(struct seq_file *seq, void *v)
{
	char *path __free(kfree) = kmalloc(PATH_MAX, GFP_KERNEL);
	struct cgrp_cset_link *link;

	if (!path)
		return -ENOMEM;

	guard(spinlock_irq)(&css_set_lock);
	list_for_each_entry(link, &task_css_set(current)->links, cset_node) {
		cgroup_path(link->cgrp, path, PATH_MAX);
		seq_printf(seq, "hierarchy %d %s\n", link->cgrp->root->hierarchy_id, path);
	}
	return 0;
}

/* "  task PID" for the first members, in the reader's pid namespace, "  more N". */
static void show_cset_tasks(struct seq_file *seq, struct css_set *cset)
{
	struct task_struct *task;
	int nr = 0;

	lockdep_assert_held(&cset->lock);

	list_for_each_entry(task, &cset->tasks, cg_list) {
		if (++nr <= DEBUG_TASKS_SHOWN)
			seq_printf(seq, "  task %d\n", task_pid_vnr(task));
	}
	if (nr > DEBUG_TASKS_SHOWN)
		seq_printf(seq, "  more %d\n", nr - DEBUG_TASKS_SHOWN);
	WARN_ON_ONCE(nr != cset->nr_tasks);
}

/* debug.cgroup_css_links: the css_sets that are linked to this cgroup, and their members. */
static int debug_cgroup_css_links_show(struct seq_file *seq, void *v)
{
	struct cgrp_cset_link *link;

	guard(rcu)();
	guard(spinlock_irq)(&css_set_lock);
	list_for_each_entry(link, &seq_css(seq)->cgroup->cset_links, cgrp_node) {
		guard(spinlock)(&link->cset->lock);
		show_cset(seq, link->cset);
		show_cset_tasks(seq, link->cset);
	}
	return 0;
}

/* debug.css_sets (root): how many css_sets there are. */
static u64 debug_css_sets_read(struct cgroup_subsys_state *css, struct cftype *cft)
{
	return READ_ONCE(css_set_count);
}

static bool cset_has_live_task(struct css_set *cset)
{
	struct task_struct *task;

	guard(spinlock)(&cset->lock);
	list_for_each_entry(task, &cset->tasks, cg_list)
		if (!(task->flags & PF_EXITING))
			return true;
	return false;
}

/*
 * Is @cset retired, or in a removed cgroup?  No task gets it any more, and it stays as it was
 * for the tasks that were exiting then.
 */
static bool cset_is_past(struct css_set *cset)
{
	struct cgrp_cset_link *link;

	if (hlist_unhashed(&cset->hash_node))
		return true;
	list_for_each_entry(link, &cset->links, cset_node)
		if (cgroup_is_dead(link->cgrp))
			return true;
	return false;
}

/* Can a live task have a slot that is not the effective css of its cgroup? */
static bool cset_is_wrong(struct css_set *cset)
{
	struct cgrp_cset_link *link;
	struct cgroup_subsys *ss;
	int ssid;

	lockdep_assert_held(&cgroup_mutex);
	lockdep_assert_held(&css_set_lock);

	if (cset_is_past(cset))
		return cset_has_live_task(cset);

	list_for_each_entry(link, &cset->links, cset_node) {
		struct cgroup *cgrp = link->cgrp;

		for_each_subsys_mask(ss, ssid, cgrp->root->subsys_mask & CGROUP_STATEFUL_MASK)
			if (cset->subsys[ssid] != cgroup_e_css(cgrp, ss))
				return true;
	}
	return false;
}

/*
 * debug.css_sets_wrong (root): how many css_sets of the machine do not have the effective
 * csses of their cgroups, although live tasks may have them.
 */
static int debug_count_css_sets_wrong(void *arg)
{
	struct cgrp_cset_link *link;
	int *result = arg, nr = 0;

	guard(spinlock_irq)(&css_set_lock);
	/* each css_set is linked to the only cgroup of the default hierarchy */
	list_for_each_entry(link, &cgrp_dfl_root.cgrp.cset_links, cgrp_node)
		nr += cset_is_wrong(link->cset);
	*result = nr;
	return 0;
}

static int debug_css_sets_wrong_show(struct seq_file *seq, void *v)
{
	struct kernfs_open_file *of = seq->private;
	struct cgroup *cgrp = cgroup_kn_begin(of->kn);
	int ret, nr;

	if (!cgrp)
		return -ENODEV;
	ret = cgroup_call_locked(debug_count_css_sets_wrong, &nr);
	cgroup_kn_end(cgrp, of->kn);
	if (!ret)
		seq_printf(seq, "%d\n", nr);
	return ret;
}

/*
 * Files about cgroups and csses
 */

/* debug.taskcount: how many tasks are in this cgroup. */
static u64 debug_taskcount_read(struct cgroup_subsys_state *css, struct cftype *cft)
{
	guard(rcu)();
	return cgroup_task_count(css->cgroup);
}

/* debug.releasable: 1 when there is no task and no child, so that rmdir succeeds. */
static u64 debug_releasable_read(struct cgroup_subsys_state *css, struct cftype *cft)
{
	struct cgroup *cgrp;

	guard(rcu)();
	cgrp = css->cgroup;
	return !cgroup_is_populated(cgrp) && !READ_ONCE(cgrp->nr_live_children);
}

/* How many of a css and its children are online; css::online_cnt counts dying ones too. */
static int css_count_online(struct cgroup_subsys_state *css)
{
	int nr = !!(READ_ONCE(css->flags) & CSS_ONLINE);
	struct cgroup_subsys_state *child;

	css_for_each_child(child, css)
		nr += !!(READ_ONCE(child->flags) & CSS_ONLINE);
	return nr;
}

/*
 * debug.cgroup_subsys_states: the effective css of each stateful subsystem bound
 * here: "NAME css PTR id N parent N online N flags 0xN csets N own|level N". parent
 * is an id, 0 for none; online counts the css and its children; csets the css_sets
 * that point to it; level is that of the ancestor it is inherited from.
 */
static int debug_subsys_states_show(struct seq_file *seq, void *v)
{
	struct cgroup *cgrp;
	int ssid;

	guard(rcu)();
	guard(spinlock_irq)(&css_set_lock);
	cgrp = seq_css(seq)->cgroup;

	for (ssid = 0; ssid < CGROUP_SUBSYS_COUNT; ssid++) {
		struct cgroup_subsys *ss = cgroup_subsys[ssid];
		struct cgroup_subsys_state *css;

		if (READ_ONCE(ss->root) != cgrp->root)
			continue;

		css = cgroup_e_css(cgrp, ss);
		seq_printf(seq, "%s css %pK id %d parent %d online %d flags %#x csets %zu ",
			   ss->name, css, css->id, css->parent ? css->parent->id : 0,
			   css_count_online(css), css->flags,
			   list_count_nodes(&css->csets));
		if (css->cgroup == cgrp)
			seq_puts(seq, "own\n");
		else
			seq_printf(seq, "level %d\n", css->cgroup->level);
	}
	return 0;
}

/*
 * Owners of mms
 */

static void debug_mm_owner_changed(struct cgroup_subsys_state *old,
				   struct cgroup_subsys_state *new, struct task_struct *task)
{
	WARN_ON_ONCE(!new != !task);
	if (old == new)
		return;
	atomic_inc(&to_debug_css(old)->nr_mms_lost);
	if (new)
		atomic_inc(&to_debug_css(new)->nr_mms_won);
}

/* Only tests count owners: do not slow down exits on machines that have debug, but not mounted. */
static void debug_bind(struct cgroup_subsys_state *root_css)
{
	cgroup_owner_change_tell_subsys(root_css->ss, !cgroup_on_dfl(root_css->cgroup));
}

/* debug.mm_owners: "won N" and "lost N": how many mms came to this group, and went from it. */
static int debug_mm_owners_show(struct seq_file *seq, void *v)
{
	struct debug_css *dbg = to_debug_css(seq_css(seq));

	seq_printf(seq, "won %d\nlost %d\n", atomic_read(&dbg->nr_mms_won),
		   atomic_read(&dbg->nr_mms_lost));
	return 0;
}

/* Does a process use an mm that has no owner, or an owner that does not use it? */
static bool debug_owner_is_wrong(struct task_struct *process)
{
	struct task_struct *task = find_lock_task_mm(process), *owner;
	bool wrong;

	if (!task)
		return false;
	owner = rcu_dereference(task->mm->owner);
	wrong = !owner || READ_ONCE(owner->mm) != task->mm;
	task_unlock(task);
	return wrong;
}

/*
 * debug.mm_owners_wrong: lines "PID: comm", of processes whose mm has no owner or one that
 * does not use it.  While a task exits or execs, its mm may be listed although it is right.
 */
static int debug_mm_owners_wrong_show(struct seq_file *seq, void *v)
{
	struct task_struct *process;

	guard(rcu)();
	for_each_process(process)
		if (!(process->flags & PF_KTHREAD) && debug_owner_is_wrong(process))
			seq_printf(seq, "%d: %s\n", task_tgid_nr(process), process->comm);
	return 0;
}

/*
 * Refusals
 *
 * debug.refuse_attach: can_attach() of tasks that move to this cgroup fails.
 * debug.refuse_online: css_online() of cgroups made below this one fails.
 * debug.refuse_new: the first value of debug.refuse_attach, and of this file, in csses made
 *	below, including csses made when debug is bound to a hierarchy in use.
 *
 * Write "ERRNO" (a positive number) to refuse every time from now on, "ERRNO TIMES" to
 * refuse only the next TIMES times, "0" to refuse no more.  A read shows the same format;
 * TIMES are those left.
 */

static struct debug_refusal *debug_file_refusal(struct cgroup_subsys_state *css,
						struct cftype *cft)
{
	return (void *)to_debug_css(css) + cft->private;
}

static int debug_parse_refusal(char *buf, struct debug_refusal *ref)
{
	char *times = strstrip(buf);
	char *err = strsep(&times, " ");

	ref->times = DEBUG_FOR_EVER;
	if (kstrtoint(err, 10, &ref->err) || ref->err < 0 || ref->err > MAX_ERRNO)
		return -EINVAL;
	if (times && (kstrtoint(times, 10, &ref->times) || ref->times < 1))
		return -EINVAL;
	return 0;
}

static ssize_t debug_refusal_write(struct kernfs_open_file *of, char *buf, size_t nbytes,
				   loff_t off)
{
	struct debug_refusal ref;
	int ret = debug_parse_refusal(buf, &ref);

	if (ret)
		return ret;

	guard(spinlock)(&debug_lock);
	*debug_file_refusal(of_css(of), of_cft(of)) = ref;
	return nbytes;
}

static int debug_refusal_show(struct seq_file *seq, void *v)
{
	struct debug_refusal *ref = debug_file_refusal(seq_css(seq), seq_cft(seq));

	guard(spinlock)(&debug_lock);
	seq_printf(seq, "%d", ref->err);
	if (ref->err && ref->times != DEBUG_FOR_EVER)
		seq_printf(seq, " %d", ref->times);
	seq_putc(seq, '\n');
	return 0;
}

/*
 * Dependencies
 *
 * debug.needs (root): subsystems that debug depends on.  Without them it refuses to be
 * bound to a hierarchy, and to have a css in a group.  The words are separated by spaces;
 * there are none by default.
 */

static cgroup_mask_t debug_needs;

static int debug_can_bind(cgroup_mask_t mask)
{
	return READ_ONCE(debug_needs) & ~mask ? -EINVAL : 0;
}

static cgroup_mask_t debug_subsys_bit(const char *name)
{
	struct cgroup_subsys *ss;
	int ssid;

	for_each_subsys_mask(ss, ssid, CGROUP_STATEFUL_MASK)
		if (!strcmp(name, ss->legacy_name))
			return BIT(ssid);
	return 0;
}

static ssize_t debug_needs_write(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off)
{
	cgroup_mask_t needs = 0;
	char *word;

	while ((word = strsep(&buf, "\n "))) {
		cgroup_mask_t bit = debug_subsys_bit(word);

		if (*word && !bit)
			return -EINVAL;
		needs |= bit;
	}
	WRITE_ONCE(debug_needs, needs);
	return nbytes;
}

static int debug_needs_show(struct seq_file *seq, void *v)
{
	cgroup_show_mask(seq, READ_ONCE(debug_needs), " ");
	seq_putc(seq, '\n');
	return 0;
}

static struct cftype debug_legacy_files[] = {
	{
		.name = "taskcount",
		.read_u64 = debug_taskcount_read,
	},
	{
		.name = "releasable",
		.read_u64 = debug_releasable_read,
	},
	{
		.name = "cgroup_css_links",
		.seq_show = debug_cgroup_css_links_show,
	},
	{
		.name = "cgroup_subsys_states",
		.seq_show = debug_subsys_states_show,
	},
	{
		.name = "refuse_attach",
		.private = offsetof(struct debug_css, attach),
		.seq_show = debug_refusal_show,
		.write = debug_refusal_write,
	},
	{
		.name = "refuse_online",
		.private = offsetof(struct debug_css, online),
		.seq_show = debug_refusal_show,
		.write = debug_refusal_write,
	},
	{
		.name = "refuse_new",
		.private = offsetof(struct debug_css, born),
		.seq_show = debug_refusal_show,
		.write = debug_refusal_write,
	},
	{
		.name = "needs",
		.flags = CFTYPE_ONLY_ON_ROOT,
		.seq_show = debug_needs_show,
		.write = debug_needs_write,
	},
	{
		.name = "mm_owners",
		.seq_show = debug_mm_owners_show,
	},
	{
		.name = "mm_owners_wrong",
		.flags = CFTYPE_ONLY_ON_ROOT,
		.seq_show = debug_mm_owners_wrong_show,
	},
	{
		.name = "css_sets",
		.flags = CFTYPE_ONLY_ON_ROOT,
		.read_u64 = debug_css_sets_read,
	},
	{
		.name = "css_sets_wrong",
		.flags = CFTYPE_ONLY_ON_ROOT,
		.seq_show = debug_css_sets_wrong_show,
	},
	{
		.name = "current_css_set",
		.flags = CFTYPE_ONLY_ON_ROOT,
		.seq_show = debug_current_css_set_show,
	},
	{
		.name = "current_css_set_cg_links",
		.flags = CFTYPE_ONLY_ON_ROOT,
		.seq_show = debug_current_cg_links_show,
	},
	{
		.name = "current_css_set_refcount",
		.flags = CFTYPE_ONLY_ON_ROOT,
		.read_u64 = debug_current_css_set_refcount_read,
	},
	{ }
};

struct cgroup_subsys debug_cgrp_subsys = {
	.css_alloc	= debug_css_alloc,
	.css_online	= debug_css_online,
	.css_offline	= debug_css_offline,
	.css_free	= debug_css_free,
	.bind		= debug_bind,
	.can_bind	= debug_can_bind,
	.can_attach	= debug_can_attach,
	.cancel_attach	= debug_attach_done,
	.attach		= debug_attach_done,
	.mm_owner_changed = debug_mm_owner_changed,
	.legacy_cftypes	= debug_legacy_files,
};
