/**
 * The contracts' validation rules, enforced at every edge.
 *
 * <p>May depend on: the contracts and protovalidate.
 */
@NullMarked
package io.waggle.core.rule;

import org.jspecify.annotations.NullMarked;
