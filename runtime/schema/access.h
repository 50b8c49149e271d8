/* How runtime/schema reads the blob: bounds-checked record loads and binary search. Private to
 * runtime/schema. */
#ifndef CD_SCHEMA_ACCESS_H
#define CD_SCHEMA_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "runtime/base/str.h"
#include "runtime/schema/blob.h"

/* Number of records of a section. */
uint32_t cd_blob_count(enum cd_blob_section section);
/* All records of a section. */
struct cd_blob_span cd_blob_whole(enum cd_blob_section section);
/* Copies record I of SECTION, SIZE bytes, to OUT; zeroes OUT if there is no such record. */
void cd_blob_load(enum cd_blob_section section, uint32_t i, void *out, size_t size);
uint32_t cd_blob_u32(enum cd_blob_section section, uint32_t i);
struct cd_str cd_blob_str(uint32_t string);
uint32_t cd_blob_policy_shape(void);

/* ASCII letters without case; <0, 0, >0. */
int cd_blob_cmp_nocase(struct cd_str a, struct cd_str b);

/* The record of SECTION in [first, first + n) whose leading string is NAME, or UINT32_MAX; the
 * range is sorted by it. SIZE is the record's size, NAME_OFFSET the place of the string id in it.
 */
uint32_t cd_blob_search(enum cd_blob_section section, struct cd_blob_span range, size_t size,
                        size_t name_offset, struct cd_str name, bool nocase);

#endif
