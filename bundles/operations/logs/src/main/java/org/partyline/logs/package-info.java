/** Sets the levels and the format of the log in the log service's configuration. */
package org.partyline.logs;
