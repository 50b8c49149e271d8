/* Every property of a snapshot by its path in its source, as findings name it. */
#ifndef CD_TEST_SOURCE_PATHS_H
#define CD_TEST_SOURCE_PATHS_H

#include "runtime/column/snapshot.h"

/* Makes the paths of all that S, which is sealed, holds, of the first rows and elements; that they
 * can be made is all that is asked. */
void cd_test_name_paths(const struct cd_snapshot *s);

#endif
