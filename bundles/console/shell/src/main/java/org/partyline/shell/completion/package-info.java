/** The values that commands complete; each class is named by a {@code @Completion}. */
package org.partyline.shell.completion;
