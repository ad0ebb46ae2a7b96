/**
 * Policies: lists, explains and changes them.
 *
 * <p>May depend on: wire, control, explain and the core.
 */
@NullMarked
package io.waggle.server.policies;

import org.jspecify.annotations.NullMarked;
