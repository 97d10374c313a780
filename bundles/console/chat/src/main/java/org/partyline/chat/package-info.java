/** The command {@code chat}: a full screen to talk in. */
package org.partyline.chat;
