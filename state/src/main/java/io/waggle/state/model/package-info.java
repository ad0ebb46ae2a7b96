/**
 * Model versions as checksummed parts: split for the topic, assembled by readers.
 *
 * <p>May depend on: the contracts and the JDK.
 */
@NullMarked
package io.waggle.state.model;

import org.jspecify.annotations.NullMarked;
