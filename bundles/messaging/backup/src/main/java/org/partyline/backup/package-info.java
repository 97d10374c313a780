/** Exports and imports backups. */
package org.partyline.backup;
