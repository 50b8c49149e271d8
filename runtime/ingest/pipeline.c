/* A ring of batches that every thread looks at under one lock for what is to be done next. */
#include "runtime/ingest/pipeline.h"

#include <pthread.h>
#include <stdlib.h>

enum batch_state { BATCH_FREE, BATCH_FILLED, BATCH_TAKEN, BATCH_PARSED };

/* Window number K passes through batch K % n_batches. */
struct pipeline {
    struct cd_split *split;
    cd_batch_read read;
    void *user;

    pthread_mutex_t lock; /* of everything below, but for the batches that somebody works on */
    pthread_cond_t changed;
    struct cd_batch **batches;
    enum batch_state *states;
    size_t n_batches;
    uint64_t n_filled, n_read; /* windows so far */
    bool is_filling, is_reading;
    bool is_filled; /* there are no more windows */
    cordon_status fill_status, read_status;
    struct cordon_error fill_error, read_error;

    pthread_t helpers[CD_MOST_THREADS];
    unsigned n_helpers, n_wanted;
};

static struct cd_batch *
batch_of(const struct pipeline *p, uint64_t window)
{
    return p->batches[window % p->n_batches];
}

static enum batch_state *
state_of(const struct pipeline *p, uint64_t window)
{
    return &p->states[window % p->n_batches];
}

/* ---- what a batch has ---- */

static void
free_batch(struct cd_batch *b)
{
    if (b != NULL) {
        cd_window_finish(&b->w);
        cd_dom_shelf_free(b->shelf);
        cd_dom_free(b->dom);
        free(b);
    }
}

/* Batches are made when they are first needed: a small file needs one. */
static struct cd_batch *
make_batch(void)
{
    struct cd_batch *b = calloc(1, sizeof *b);
    if (b != NULL) {
        b->dom = cd_dom_new();
        b->shelf = cd_dom_shelf_new();
        if (b->dom == NULL || b->shelf == NULL) {
            free_batch(b);
            b = NULL;
        }
    }
    return b;
}

static void
parse_batch(struct cd_batch *b)
{
    size_t n = b->w.n_pieces < CD_DOM_SHELF ? b->w.n_pieces : CD_DOM_SHELF;
    for (size_t i = 0; i < n; i++) {
        const struct cd_piece *piece = &b->w.pieces[i];
        b->parsed[i] = NULL;
        if (piece->kind != CD_PIECE_ITEM
            || cd_dom_parse_onto(b->dom, b->shelf, i, piece->text.p, piece->text.n, &b->parsed[i])
                   != CD_DOM_OK) {
            b->parsed[i] = NULL;
        }
    }
}

/* ---- what a thread does; each is called with the lock, and gives it back for the work itself ----
 */

static void *help(void *user);

/* The first window was not the last: there is work for more than one. */
static void
start_helpers(struct pipeline *p)
{
    while (p->n_wanted > 0 && p->n_helpers < CD_MOST_THREADS) {
        if (pthread_create(&p->helpers[p->n_helpers], NULL, help, p) != 0) {
            break; /* then with fewer */
        }
        p->n_helpers++;
        p->n_wanted--;
    }
    p->n_wanted = 0;
}

static void
fill(struct pipeline *p)
{
    uint64_t window = p->n_filled;
    struct cd_batch **place = &p->batches[window % p->n_batches];
    p->is_filling = true;
    pthread_mutex_unlock(&p->lock);
    *place = *place == NULL ? make_batch() : *place;
    cordon_status status =
        *place == NULL ? CORDON_ENOMEM : cd_split_fill(p->split, &(*place)->w, &p->fill_error);
    pthread_mutex_lock(&p->lock);
    p->is_filling = false;
    p->fill_status = status;
    if (status == CORDON_OK) {
        *state_of(p, window) = BATCH_FILLED;
        p->n_filled++;
    }
    p->is_filled = status != CORDON_OK || (*place)->w.is_last;
    if (!p->is_filled) {
        start_helpers(p);
    }
}

static void
parse(struct pipeline *p, uint64_t window)
{
    *state_of(p, window) = BATCH_TAKEN;
    pthread_mutex_unlock(&p->lock);
    parse_batch(batch_of(p, window));
    pthread_mutex_lock(&p->lock);
    *state_of(p, window) = BATCH_PARSED;
}

static void
read_next(struct pipeline *p)
{
    struct cd_batch *b = batch_of(p, p->n_read);
    p->is_reading = true;
    pthread_mutex_unlock(&p->lock);
    cordon_status status = p->read(p->user, b, &p->read_error);
    pthread_mutex_lock(&p->lock);
    p->is_reading = false;
    p->read_status = status;
    *state_of(p, p->n_read) = BATCH_FREE;
    p->n_read++;
}

/* The first window that waits to be parsed; n_filled if none does. */
static uint64_t
first_unparsed(const struct pipeline *p)
{
    uint64_t window = p->n_read;
    while (window < p->n_filled && *state_of(p, window) != BATCH_FILLED) {
        window++;
    }
    return window;
}

/* Does one thing if there is one to do, what is nearest to the end first. */
static bool
work(struct pipeline *p)
{
    bool is_next_parsed = p->n_read < p->n_filled && *state_of(p, p->n_read) == BATCH_PARSED;
    uint64_t unparsed = first_unparsed(p);
    if (is_next_parsed && !p->is_reading) {
        read_next(p);
    } else if (unparsed < p->n_filled) {
        parse(p, unparsed);
    } else if (!p->is_filling && !p->is_filled && p->n_filled - p->n_read < p->n_batches) {
        fill(p);
    } else {
        return false;
    }
    pthread_cond_broadcast(&p->changed);
    return true;
}

static bool
is_done(const struct pipeline *p)
{
    return p->read_status != CORDON_OK || (p->is_filled && p->n_read == p->n_filled);
}

static void *
help(void *user)
{
    struct pipeline *p = user;
    pthread_mutex_lock(&p->lock);
    while (!is_done(p)) {
        if (!work(p)) {
            pthread_cond_wait(&p->changed, &p->lock);
        }
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* ---- all of it ---- */

static cordon_status
result_of(const struct pipeline *p, struct cordon_error *err)
{
    bool read_failed = p->read_status != CORDON_OK; /* it stands before what could not be filled */
    cordon_status status = read_failed ? p->read_status : p->fill_status;
    if (status != CORDON_OK && err != NULL) {
        *err = read_failed ? p->read_error : p->fill_error;
    }
    return status;
}

cordon_status
cd_pipeline_run(struct cd_split *split, unsigned n_threads, cd_batch_read read, void *user,
                struct cordon_error *err)
{
    n_threads = n_threads < 1 ? 1 : n_threads > CD_MOST_THREADS ? CD_MOST_THREADS : n_threads;
    size_t n_batches = n_threads == 1 ? 1 : n_threads + 2;
    struct pipeline p = {.split = split,
                         .read = read,
                         .user = user,
                         .lock = PTHREAD_MUTEX_INITIALIZER,
                         .changed = PTHREAD_COND_INITIALIZER,
                         .batches = calloc(n_batches, sizeof *p.batches),
                         .states = calloc(n_batches, sizeof *p.states),
                         .n_batches = n_batches,
                         .n_wanted = n_threads - 1};
    cordon_status status = CORDON_ENOMEM;
    if (p.batches != NULL && p.states != NULL) {
        (void)help(&p);
        for (unsigned i = 0; i < p.n_helpers; i++) {
            (void)pthread_join(p.helpers[i], NULL);
        }
        status = result_of(&p, err);
    }
    for (size_t i = 0; p.batches != NULL && i < n_batches; i++) {
        free_batch(p.batches[i]);
    }
    free(p.batches);
    free(p.states);
    pthread_cond_destroy(&p.changed);
    pthread_mutex_destroy(&p.lock);
    return status;
}
