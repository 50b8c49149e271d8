/* A projection of certain properties, as a program would ask for them. */
#ifndef CD_TEST_PROJECTION_H
#define CD_TEST_PROJECTION_H
#include "runtime/column/snapshot.h"
/* An image whose shapes hold the properties PATHS[0..N):
 * `AWS::S3::Bucket.ReplicationConfiguration.Rules.Status`; a type alone keeps its envelope. All
 * shapes of a path come from runtime/schema. */
struct cd_image *cd_test_projection(struct cd_arena *a, const char *const *paths, size_t n);
#endif
