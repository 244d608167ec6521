// SPDX-License-Identifier: GPL-2.0
/* Converts lists of operations to text and back; see cg_model.h. */
#include <stdio.h>
#include <string.h>

#include "cg_model.h"

/*
 * An operation is a letter for its kind and two hexadecimal digits per number.  A list that
 * was cut off lacks LIST_END.
 */
#define LIST_END	"."
#define OP_CHARS	(1 + 2 * M_ARGS)

/* x86 cuts the kernel command line at 2,048 bytes, and run-tests adds parameters to it. */
#define CMDLINE_ROOM	1500

static const char digits[] = "0123456789abcdef";

/* BUF has room for M_LIST_TEXT(nr) bytes. */
void model_list_text(const struct m_op *ops, int nr, char *buf)
{
	int i, arg;

	for (i = 0; i < nr; i++) {
		*buf++ = 'a' + ops[i].kind;
		for (arg = 0; arg < M_ARGS; arg++) {
			*buf++ = digits[ops[i].arg[arg] / 16];
			*buf++ = digits[ops[i].arg[arg] % 16];
		}
	}
	memcpy(buf, LIST_END, sizeof(LIST_END));
}

static bool parse_op(const char *text, struct m_op *op)
{
	int arg;

	op->kind = text[0] - 'a';
	if (op->kind >= M_KINDS || strspn(text + 1, digits) < OP_CHARS - 1)
		return false;
	for (arg = 0; arg < M_ARGS; arg++, text += 2)
		op->arg[arg] = (strchr(digits, text[1]) - digits) * 16 +
			       (strchr(digits, text[2]) - digits);
	return true;
}

/* Returns the number of operations in TEXT; -1, with the reason in WHY, if it is not a list. */
int model_parse_list(const char *text, struct m_op *ops, int max, const char **why)
{
	size_t len = strlen(text);
	int nr;

	*why = "it does not end in '" LIST_END "': it was cut off";
	if (!len || strcmp(text + len - 1, LIST_END))
		return -1;
	for (nr = 0; strcmp(text, LIST_END); nr++, text += OP_CHARS) {
		*why = "it is too long";
		if (nr == max)
			return -1;
		*why = "a part of it is not an operation";
		if (!parse_op(text, &ops[nr]))
			return -1;
	}
	return nr;
}

/*
 * Print the list as text and in words.  The words come from the model alone, not from the
 * kernel.  LIKE: the model for which they are.  INSTEAD: what to replay if the text is too long
 * for a command line.
 */
void model_print_list(const struct m_op *ops, int nr, const struct model *like,
		      const char *instead)
{
	static struct model m;
	struct m_faults faults;
	char text[M_LIST_TEXT(nr)];
	struct m_act act;
	int i;

	model_list_text(ops, nr, text);
	fprintf(stderr, "# CG_OPS=%s\n", text);
	if (strlen(text) > CMDLINE_ROOM)
		fprintf(stderr, "# (too long for a kernel command line: use %s there)\n",
			instead);
	model_init(&m, like->has, like->taken);
	for (i = 0; i < nr; i++) {
		if (!model_pick(&m, &ops[i], &act))
			continue;
		model_apply(&m, &act, &faults);
		fprintf(stderr, "#   %s%s%s\n", model_say(&act), faults.nr ? ": " : "",
			faults.nr ? strerror(faults.err[0]) : "");
	}
}
