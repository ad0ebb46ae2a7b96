/**
 * The ranking service's local copies of compacted topics, kept in RocksDB with their offsets.
 *
 * <p>May depend on: RocksDB and the JDK.
 */
@NullMarked
package io.waggle.state.view;

import org.jspecify.annotations.NullMarked;
