/* Status codes of every call that can fail for the caller's reasons: memory, I/O, a corrupt image,
 * a limit. What is wrong with a policy is never a status but a diagnostic (compiler/diag). */
#ifndef CORDON_STATUS_H
#define CORDON_STATUS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CORDON_MUST_CHECK __attribute__((warn_unused_result))
#define CORDON_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define CORDON_MUST_CHECK
#define CORDON_PRINTF(fmt, args)
#endif

typedef enum cordon_status {
    CORDON_OK = 0,
    CORDON_ENOMEM, /* memory could not be had */
    CORDON_EIO,    /* reading or writing failed; the message has the path and the system's reason */
    CORDON_EINPUT, /* the input is not what it has to be (syntax, type, encoding) */
    CORDON_ECORRUPT, /* an image or store fails its checks */
    CORDON_EVERSION, /* an image or store of another format version */
    CORDON_ELIMIT,   /* a documented limit was exceeded */
    CORDON_EUSAGE,   /* the call itself is wrong */
    CORDON_EPOLICY,  /* the policy has errors; they were reported as diagnostics */
    CORDON_EDEFECT   /* an internal invariant broke: a defect in Cordon */
} cordon_status;

/* Details of a failure, for the caller's message. Owned by the caller; zero-initialise it. */
struct cordon_error {
    cordon_status code;
    uint64_t offset; /* byte offset in the input, or UINT64_MAX where there is none */
    char message[512];
};

/* Fills ERR (if not NULL) and returns CODE, so that `return cordon_fail(err, …)` reads well. */
cordon_status cordon_fail(struct cordon_error *err, cordon_status code, uint64_t offset,
                          const char *fmt, ...) CORDON_PRINTF(4, 5);

#define CORDON_NO_OFFSET UINT64_MAX

/* Returns early with the status of EXPR if it is not CORDON_OK. */
#define CORDON_TRY(expr)                    \
    do {                                    \
        cordon_status try_status_ = (expr); \
        if (try_status_ != CORDON_OK) {     \
            return try_status_;             \
        }                                   \
    } while (0)

#ifdef __cplusplus
}
#endif
#endif
