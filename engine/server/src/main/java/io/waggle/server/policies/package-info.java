/**
 * ListPolicies.
 *
 * <p>May depend on: wire and the core.
 */
@NullMarked
package io.waggle.server.policies;

import org.jspecify.annotations.NullMarked;
