/**
 * The session job with very many users: memory, bytes of state, and checkpoints by how much has
 * changed.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.waggle.benchmarks.users;

import org.jspecify.annotations.NullMarked;
