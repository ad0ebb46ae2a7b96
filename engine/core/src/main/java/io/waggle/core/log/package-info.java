/**
 * Logs of decisions, ours and other systems', as joined decisions.
 *
 * <p>May depend on: the contracts.
 */
@NullMarked
package io.waggle.core.log;

import org.jspecify.annotations.NullMarked;
