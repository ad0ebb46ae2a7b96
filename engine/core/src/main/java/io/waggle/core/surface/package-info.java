/**
 * A surface's configuration, read from YAML, checked, with every default filled in.
 *
 * <p>May depend on: the contracts, rule, declared, the model's and the scorer's command-line rules,
 * state settings, protobuf's JSON mapping and a YAML parser.
 */
@NullMarked
package io.waggle.core.surface;

import org.jspecify.annotations.NullMarked;
