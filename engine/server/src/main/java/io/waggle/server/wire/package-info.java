/**
 * What is common to every method's edge: validation, refusals, their form in gRPC and JSON.
 *
 * <p>May depend on: the core's rules and surfaces, gRPC and Armeria.
 */
@NullMarked
package io.waggle.server.wire;

import org.jspecify.annotations.NullMarked;
