/**
 * Protobuf messages as Flink state and stream types, with their evolution.
 *
 * <p>May depend on: protobuf and Flink's type API (flink-core), never its runtime.
 */
@NullMarked
package io.waggle.state.serializer;

import org.jspecify.annotations.NullMarked;
