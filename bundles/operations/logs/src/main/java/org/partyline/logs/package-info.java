/** Levels and form of the log, which the log service keeps in its own configuration. */
package org.partyline.logs;
