/** The store over JDBC: sealed records in H2 by default, in another database by configuration. */
package org.partyline.storejdbc;
