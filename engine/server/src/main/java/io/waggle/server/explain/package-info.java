/**
 * What models hold, told with the names of features that were ranked here lately.
 *
 * <p>May depend on: wire, the core's explanations and codec, and the state's registry.
 */
@NullMarked
package io.waggle.server.explain;

import org.jspecify.annotations.NullMarked;
