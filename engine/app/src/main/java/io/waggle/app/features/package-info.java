/** Declared features for people: list, show, lint, suggest. */
@NullMarked
package io.waggle.app.features;

import org.jspecify.annotations.NullMarked;
