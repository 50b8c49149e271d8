/* The frame of an image file. All numbers are little-endian.
 *
 *   0  magic            8 bytes
 *   8  format version   u32
 *  12  language edition u32
 *  16  checksum         u64   of every other byte of the file
 *  24  size             u64   of the file
 *  32  sections         u32   their number, one for each array of layout.def, in its order
 *  36  zero             u32
 *  40  section table    a row a section: elements u32, zero u32, offset u64, size u64
 *      sections         one after the other, each at the end of the one before
 *
 * Internal to runtime/bc. */
#ifndef CD_BC_IMAGE_FILE_H
#define CD_BC_IMAGE_FILE_H

#include "runtime/bc/layout.h"

#define CD_FILE_MAGIC \
    "\x89"            \
    "CDB\r\n\x1a\n"
#define CD_FILE_MAGIC_SIZE 8u
#define CD_FILE_VERSION_AT 8u
#define CD_FILE_EDITION_AT 12u
#define CD_FILE_CHECKSUM_AT 16u
#define CD_FILE_SIZE_AT 24u
#define CD_FILE_SECTIONS_AT 32u
#define CD_FILE_ZERO_AT 36u
#define CD_FILE_HEADER 40u
#define CD_FILE_ROW 24u
#define CD_FILE_TABLE_END (CD_FILE_HEADER + CD_FILE_ROW * CD_N_ARRAYS)

static inline void
cd_file_put(char *p, size_t size, uint64_t value)
{
    for (size_t i = 0; i < size; i++) {
        p[i] = (char)(value >> (8 * i));
    }
}

static inline uint64_t
cd_file_get(const char *p, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++) {
        value |= (uint64_t)(unsigned char)p[i] << (8 * i);
    }
    return value;
}

/* The checksum of a file of at least CD_FILE_HEADER bytes, whatever stands in its checksum field:
 * what lies behind the field is hashed first, then its hash together with what lies before. */
uint64_t cd_file_checksum(struct cd_str bytes);

#endif
