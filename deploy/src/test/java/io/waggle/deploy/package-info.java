/** What is shipped, read with the code that will read it. */
@NullMarked
package io.waggle.deploy;

import org.jspecify.annotations.NullMarked;
