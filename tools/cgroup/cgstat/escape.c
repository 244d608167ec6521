// SPDX-License-Identifier: GPL-2.0
/*
 * Prints texts that others have chosen, such as the names of groups, so that they are valid in a
 * format and cannot do anything to a terminal.
 *
 * All formats except the text for people have the same octal escapes: those of bytes that are not
 * UTF-8, and those of backslashes that would begin such an escape.  So two names never become one,
 * and no group can spoil the output for the others.
 */
#include <stdlib.h>
#include <unistd.h>
#include "tool.h"

/* The length of the UTF-8 character that TEXT begins with; 0 if it does not begin with one. */
static int utf8(const char *text, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *c = (const unsigned char *)text;
	int len = *c < 0x80 ? 1 : *c >> 5 == 6 ? 2 : *c >> 4 == 14 ? 3 : *c >> 3 == 30 ? 4 : 0, i;

	*code = len == 1 ? *c : *c & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if (c[i] >> 6 != 2)
			return 0;
		*code = *code << 6 | (c[i] & 0x3f);
	}
	/* too long, a surrogate, or no character */
	if (*code < least[len] || *code >> 11 == 0x1b || *code > 0x10ffff)
		return 0;
	return len;
}

/* C0, DEL, C1, or what breaks a line or turns the direction of the text that follows. */
static bool is_control(uint32_t code)
{
	return code < ' ' || (code >= 0x7f && code < 0xa0) || code == 0x61c ||
	       (code >= 0x200e && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

static void put_octal(const char *text, int len, FILE *f)
{
	while (len--)
		fprintf(f, "\\%03o", (unsigned char)*text++);
}

/* A path as text: one word that cannot do anything to a terminal. */
void put_escaped(const char *text, FILE *f)
{
	while (*text) {
		uint32_t code;
		int len = utf8(text, &code);

		if (!len || is_control(code) || code == ' ' || code == '\\')
			put_octal(text, len ?: 1, f);
		else
			fwrite(text, 1, len, f);
		text += len ?: 1;
	}
}

static bool is_octal(const char *text)
{
	int i;

	for (i = 0; i < 3; i++)
		if (text[i] < '0' || text[i] > '7')
			return false;
	return true;
}

/* The text with octal escapes, to be freed.  CONTROLS: also of control characters. */
static char *valid(const char *text, bool controls)
{
	char *result = NULL;
	size_t size;
	FILE *f = open_memstream(&result, &size);

	if (!f)
		die(EXIT_FAILED, "no memory");
	while (*text) {
		uint32_t code;
		int len = utf8(text, &code);

		if (!len || (controls && is_control(code)) ||
		    (code == '\\' && is_octal(text + 1)))
			put_octal(text, len ?: 1, f);
		else
			fwrite(text, 1, len, f);
		text += len ?: 1;
	}
	if (fclose(f))
		die(EXIT_FAILED, "no memory");
	return result;
}

static bool is_terminal(FILE *f)
{
	return isatty(fileno(f));
}

/* A field of comma-separated values. */
void put_csv(const char *text, FILE *f)
{
	char *field = valid(text, is_terminal(f)), *c;
	bool quoted = strpbrk(field, ",\"\n\r");

	if (quoted)
		fputc('"', f);
	for (c = field; *c; c++) {
		if (*c == '"')
			fputc('"', f);
		fputc(*c, f);
	}
	if (quoted)
		fputc('"', f);
	free(field);
}

/* A string of JSON. */
void put_json(const char *text, FILE *f)
{
	char *string = valid(text, false), *c;
	uint32_t code;
	int len;

	fputc('"', f);
	for (c = string; *c; c += len) {
		len = utf8(c, &code);
		if (code == '"' || code == '\\')
			fprintf(f, "\\%c", *c);
		else if (is_control(code))
			fprintf(f, "\\u%04x", code);
		else
			fwrite(c, 1, len, f);
	}
	fputc('"', f);
	free(string);
}

/* A label of Prometheus: backslash, quote and newline are escaped. */
void put_label(const char *text, FILE *f)
{
	char *label = valid(text, is_terminal(f)), *c;

	for (c = label; *c; c++) {
		if (*c == '\n')
			fputs("\\n", f);
		else if (*c == '"' || *c == '\\')
			fprintf(f, "\\%c", *c);
		else
			fputc(*c, f);
	}
	free(label);
}

/*
 * Text or an attribute of XML, which cannot have all characters.  The names of a record have octal
 * escapes already.
 */
void put_xml(const char *text, FILE *f)
{
	while (*text) {
		uint32_t code;
		int len = utf8(text, &code);

		if (!len)
			put_octal(text, 1, f);
		else if (code == '<')
			fputs("&lt;", f);
		else if (code == '>')
			fputs("&gt;", f);
		else if (code == '&')
			fputs("&amp;", f);
		else if (code == '"')
			fputs("&quot;", f);
		else if (is_control(code) || code == 0xfffe || code == 0xffff)
			fputc('?', f);
		else
			fwrite(text, 1, len, f);
		text += len ?: 1;
	}
}
