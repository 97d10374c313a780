/** The command {@code chat}: a full-screen chat. */
package org.partyline.chat;
