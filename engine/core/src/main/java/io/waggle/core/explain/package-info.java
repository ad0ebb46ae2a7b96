/**
 * What a model's numbers mean: which weight belongs to which feature, by name, and how a policy
 * explores and learns, in words.
 *
 * <p>May depend on: feature, codec, score, surface and the contracts.
 */
@NullMarked
package io.waggle.core.explain;

import org.jspecify.annotations.NullMarked;
