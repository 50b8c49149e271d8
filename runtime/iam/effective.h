/* What documents allow and deny over sets of requests: is there a request that …? A set is all
 * requests to make one of some actions on a resource of a pattern that meet a condition.
 *
 * Requests are asked by classes: the documents and the condition tell only so many values of each
 * key, resources and actions apart, and one of each class stands for the others. Keys are given one
 * after the other, while the rest is unknown to the engine (decide.h): what is decided then is
 * decided for all requests below, so that few are asked in the end. A request that is found was
 * decided as a whole; that there is none is said only where every class was ruled out. Beyond the
 * limits the answer is unknown, and says why. */
#ifndef CD_IAM_EFFECTIVE_H
#define CD_IAM_EFFECTIVE_H

#include "runtime/base/buf.h"
#include "runtime/iam/decide.h"
#include "runtime/iam/when.h"

enum cd_ask_kind {
    CD_ASK_CAN,    /* allowed by all documents around a principal together */
    CD_ASK_ALLOWS, /* allowed by one document, to anybody if it names principals */
    CD_ASK_DENIES, /* not denied by one document: the answer is turned round */
};

struct cd_ask_input {
    enum cd_ask_kind kind;
    const struct cd_policy *document; /* ALLOWS, DENIES */
    const struct cd_question *around; /* CAN: caller and documents; its access is not read */
    /* CAN: is KEY fixed by who asks, in *out? Are the documents around those of the resource ARN,
     * and is it to be asked about? NULL: nothing is fixed, every resource is asked about. */
    bool (*fixes)(void *data, struct cd_str key, struct cd_arena *a, struct cd_access_key *out);
    bool (*is_here)(void *data, struct cd_str arn);
    void *data;
    const struct cd_str *patterns; /* of actions: `s3:Get*`, `*` */
    uint32_t n_patterns;
    const struct cd_when *when;       /* NULL: every request */
    struct cd_str partition, account; /* of resources whose pattern does not say; may be empty */
};

struct cd_asked {
    enum cd_truth answer;
    struct cd_str why; /* of CD_MAYBE */
    /* The request that was found: it decides CAN and ALLOWS that are true, and DENIES that is
     * false. */
    bool has_request;
    struct cd_str action, resource, caller; /* caller: empty where it does not matter */
    const struct cd_access_key *keys;       /* that documents and condition ask about */
    uint32_t n_keys;
    const struct cd_because *because; /* of CAN and ALLOWS: statements that allow it */
    size_t n_because;
};

/* What was prepared for questions that differ in the pattern of resources alone. */
struct cd_asker;
/* Memory from A, whose jump is set; INPUT's parts are borrowed. */
struct cd_asker *cd_asker_new(struct cd_arena *a, const struct cd_ask_input *input);
/* A resource by the last part of its ARN, and what is below it behind a slash. */
struct cd_ask_within {
    struct cd_str tail;
    bool has_below;
};
/* PATTERN as the language writes it: an ARN pattern with \x1B before what stands for itself, or
 * `*`. WITHIN (or NULL): only that resource. The answer's memory is from A, whose jump is set. */
void cd_asker_ask(const struct cd_asker *k, struct cd_arena *a, struct cd_str pattern,
                  const struct cd_ask_within *within, struct cd_asked *out);
/* Is the key of a document a reason in words, which stands for what nobody knows? Keys may have
 * blanks, too, behind their colon: aws:PrincipalTag/Cost Center. */
bool cd_ask_is_reason(struct cd_str key);
/* `s3:GetObject on arn:… with aws:SecureTransport=false`. */
void cd_asked_write(const struct cd_asked *asked, struct cd_buf *out);

#endif
