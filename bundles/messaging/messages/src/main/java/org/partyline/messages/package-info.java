/** Messages: writing, reading, recalling, inspecting. */
package org.partyline.messages;
