/* The option --threads, and how many there are without it. */
#include "runtime/driver/threads.h"

#include <stdlib.h>

#include "runtime/base/num.h"
#include "runtime/base/processors.h"
#include "runtime/driver/exit.h"

#define MOST 16u
#define USUAL 4u

struct cd_option
cd_threads_option(const char **typed)
{
    return (struct cd_option){.name = "threads",
                              .kind = CD_OPTION_VALUE,
                              .argument = "N",
                              .value = typed,
                              .help = "read with N threads, 1 to 16 (the processors there are, at "
                                      "most 4); the results are the same"};
}

int
cd_threads_check(const struct cd_usage *usage, const char *typed, unsigned *n)
{
    const char *source = "--threads";
    uint64_t wanted;
    if (typed == NULL) {
        typed = getenv("CORDON_THREADS");
        source = "CORDON_THREADS";
    }
    if (typed == NULL || typed[0] == '\0') {
        *n = cd_processors() < USUAL ? cd_processors() : USUAL;
        return CD_EXIT_HOLDS;
    }
    if (!cd_parse_u64(cd_str_of(typed), &wanted) || wanted < 1 || wanted > MOST) {
        return cd_usage_error(usage, "%s is a number from 1 to %u, not %s", source, MOST, typed);
    }
    *n = (unsigned)wanted;
    return CD_EXIT_HOLDS;
}
