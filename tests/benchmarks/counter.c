/* Callgrind's own requests, for counting.py: from where to where instructions are counted. */
#include <valgrind/callgrind.h>

void start_counting(void) { CALLGRIND_START_INSTRUMENTATION; }
void begin_part(void) { CALLGRIND_ZERO_STATS; }
void end_part(void) { CALLGRIND_DUMP_STATS; }
