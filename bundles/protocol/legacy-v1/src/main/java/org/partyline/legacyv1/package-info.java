/** Reads version-1 messages (PROTOCOL 10). */
package org.partyline.legacyv1;
