/**
 * What a model's numbers mean: which weight belongs to which feature, by name, how a policy
 * explores and learns, in words, and why a decision was made as it was.
 *
 * <p>May depend on: feature, codec, score, surface, model, policy, constraint, rank and the
 * contracts.
 */
@NullMarked
package io.waggle.core.explain;

import org.jspecify.annotations.NullMarked;
