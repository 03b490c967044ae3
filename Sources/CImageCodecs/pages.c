#include "pages.h"
#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20 };

bool ic_pages_allocate(ic_pages *pages, size_t count) {
    size_t whole = (count + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    if (whole < count) return false;
    // The system aligns what is a multiple of a huge page, if not always: it is no error where it does not.
    void *start = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) return false;
#if defined(MADV_HUGEPAGE)
    // A small picture would be cleared for longer than it takes. Refused where the kernel has no huge pages.
    if (count >= 2 * HUGE_PAGE) (void)madvise(start, whole, MADV_HUGEPAGE);
#endif
    *pages = (ic_pages){start, whole};
    return true;
}

void ic_pages_free(ic_pages *pages) {
    if (pages->start) munmap(pages->start, pages->count);
    *pages = (ic_pages){0};
}
