// SPDX-License-Identifier: GPL-2.0
/*
 * How much memory the kernel has left.
 */
#include <stdio.h>
#include "measure.h"
#include "memory.h"

/* Bytes that are left for the rest of the system. */
#define RESERVE	(256LL << 20)
#define PAGE	4096

/* The sum of the numbers in all lines of a file that have this format. */
static long long sum_of(const char *file, const char *format)
{
	long long sum = 0, value;
	char line[256];
	FILE *f = fopen(file, "r");

	if (!f)
		die(file);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, format, &value) == 1)
			sum += value;
	fclose(f);
	return sum;
}

/* Is there memory for so many bytes?  If not, say what is left out. */
bool memory_permits(const char *what, long long bytes)
{
	long long available = sum_of("/proc/meminfo", "MemAvailable: %lld") << 10;

	if (bytes + RESERVE <= available)
		return true;
	printf("# no memory for %s: %lld MiB available\n", what, available >> 20);
	return false;
}

/*
 * The bytes that are free when caches are dropped.  MemFree does not count the pages that each
 * processor keeps for itself ("count" in zoneinfo).
 */
long long memory_free(void)
{
	settle(5);
	put("/proc/sys/vm/drop_caches", "3");
	settle(5);
	put("/proc/sys/vm/stat_refresh", "1");
	return (sum_of("/proc/meminfo", "MemFree: %lld") << 10) +
	       sum_of("/proc/zoneinfo", " count: %lld") * PAGE;
}
