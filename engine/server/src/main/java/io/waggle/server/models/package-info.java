/**
 * Model versions: lists, compares, keeps and puts back.
 *
 * <p>May depend on: wire, control, explain and the contracts.
 */
@NullMarked
package io.waggle.server.models;

import org.jspecify.annotations.NullMarked;
