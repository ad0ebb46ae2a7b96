/**
 * Features for people: what a log of interactions suggests, and what a surface file should say of
 * those it declares.
 *
 * <p>May depend on: declared, and score for learners' command lines.
 */
@NullMarked
package io.waggle.core.suggest;

import org.jspecify.annotations.NullMarked;
