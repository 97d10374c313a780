/** Backups: what goes into one, and what comes out of it. */
package org.partyline.backup;
