/**
 * The decision log as Parquet files: its columns, a writer, and a reader. Parquet's jars are only
 * there where this package is used (the jobs, the command line), and Hadoop is nowhere.
 *
 * <p>May depend on: constraint, log, feature, the contracts.
 */
@NullMarked
package io.waggle.core.parquet;

import org.jspecify.annotations.NullMarked;
