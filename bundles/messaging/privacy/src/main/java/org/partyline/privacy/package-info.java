/** Shows and sets privacy profiles. */
package org.partyline.privacy;
