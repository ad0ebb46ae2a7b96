/**
 * Commands that talk to a running service: its policies, its model versions and its decisions.
 *
 * <p>May depend on: report, the contracts, the core's surface files and gRPC.
 */
@NullMarked
package io.waggle.app.admin;

import org.jspecify.annotations.NullMarked;
