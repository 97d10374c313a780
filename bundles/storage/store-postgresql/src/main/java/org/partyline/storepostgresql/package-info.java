/** The database that a leader shares with its standby (docs/ha.md). */
package org.partyline.storepostgresql;
