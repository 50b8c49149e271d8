/* The table of words of other languages. */
#include "compiler/diag/habits.h"

#include <stddef.h>

static const struct {
    struct cd_str word;
    const char *help;
} habits[] = {
#define CD_HABIT(word, help) {CD_STR_INIT(word), help},
#include "compiler/diag/habits.def"
#undef CD_HABIT
};

const char *
cd_habit_help(struct cd_str word)
{
    for (size_t i = 0; i < CD_ARRAY_LEN(habits); i++) {
        if (cd_str_eq(habits[i].word, word)) {
            return habits[i].help;
        }
    }
    return NULL;
}
