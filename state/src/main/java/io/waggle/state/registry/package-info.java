/**
 * Model versions as they are kept: immutable, checked when read, thinned out with age.
 *
 * <p>May depend on: the contracts, state's model checksums, the topics' names and the JDK.
 */
@NullMarked
package io.waggle.state.registry;

import org.jspecify.annotations.NullMarked;
