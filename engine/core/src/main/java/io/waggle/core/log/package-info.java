/**
 * Logs of decisions, ours and other systems', read as joined decisions and written from them; logs
 * of interactions.
 *
 * <p>May depend on: rule and feature.
 */
@NullMarked
package io.waggle.core.log;

import org.jspecify.annotations.NullMarked;
