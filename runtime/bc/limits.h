/* Limits of an image. The compiler refuses a policy that would exceed them, the reader and the
 * verifier an image that does. */
#ifndef CD_BC_LIMITS_H
#define CD_BC_LIMITS_H

#define CD_LIMIT_IMAGE_SIZE (256u << 20)  /* bytes of a file */
#define CD_LIMIT_STRING_SIZE (4u << 20)   /* bytes of one string */
#define CD_LIMIT_ITEMS (1u << 24)         /* elements of one array */
#define CD_LIMIT_REGS (1u << 22)          /* registers */
#define CD_LIMIT_LOOP_DEPTH 32u           /* loops inside each other */
#define CD_LIMIT_TYPE_DEPTH 32u           /* lists and maps inside each other */
#define CD_LIMIT_PATH 32u                 /* fields on the way to an index's key */
#define CD_LIMIT_REACH_STEPS 200000000ull /* work of computing the costs of all controls */

#endif
