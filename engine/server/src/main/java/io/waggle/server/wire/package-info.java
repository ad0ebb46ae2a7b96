/**
 * What is common to every method's edge: how requests are read, validation, refusals, their form in
 * gRPC and JSON.
 *
 * <p>May depend on: the core's rules, surfaces and features, gRPC and Armeria.
 */
@NullMarked
package io.waggle.server.wire;

import org.jspecify.annotations.NullMarked;
