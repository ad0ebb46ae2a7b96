/** The documentation, held to what the code says. */
@NullMarked
package io.waggle.docs;

import org.jspecify.annotations.NullMarked;
