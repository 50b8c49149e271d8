/* The version of Cordon, and of the language edition that its images speak. */
#ifndef CORDON_VERSION_H
#define CORDON_VERSION_H

#define CORDON_VERSION "0.1.0"

#endif
